"""Documents in PDF: pages for people who print, file and hand on."""
