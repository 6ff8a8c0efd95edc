"""Errors that readers report on public pages (我要纠错): reported without sign-in, answered by editors."""
