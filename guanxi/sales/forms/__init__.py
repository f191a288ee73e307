"""What people type in sales, as clean values; nothing is saved here."""
