"""The public's pages that are no Wagtail pages: areas, lists, programmes, receipts."""
