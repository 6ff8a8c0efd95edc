"""Open data: public lists and whole areas as CSV, JSON and XLSX, and a versioned API to read them."""
