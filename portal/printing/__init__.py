"""Sheets on paper: PDF by typst, QR codes, amounts in words."""
