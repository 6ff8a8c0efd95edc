"""Who may see and do what: every route, every role, every area and line; and what nobody may see."""
