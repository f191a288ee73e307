"""What the demo data is made of: invented people, goods and two years of trade."""
