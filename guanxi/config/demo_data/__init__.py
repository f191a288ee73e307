"""What the demo data is made of: invented people, goods and a year of trade."""
