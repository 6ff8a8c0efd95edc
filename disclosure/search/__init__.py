"""Chinese full text search of what is public: one index of passages, exact on SQLite and on PostgreSQL."""
