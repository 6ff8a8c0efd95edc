"""How the portal runs: its processes, its logs, its content policy, its error pages, its health.

Rooms tell the command `up` what to print once the portal answers through `greetings.register`, and the
content policy which inline stylesheet is theirs through `policy.allow_style`.
"""
