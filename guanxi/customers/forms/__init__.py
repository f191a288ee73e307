"""What people type about customers, as clean values; nothing is saved here."""
