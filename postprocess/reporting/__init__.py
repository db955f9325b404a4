"""The sections of the page that report.py writes, and what reads, draws and sets them."""
