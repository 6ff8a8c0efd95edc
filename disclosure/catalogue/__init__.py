"""The standard catalogue of basic-level disclosure for assistance, filled by what is really published."""
