"""Read settings from the environment, and say in one clear error everything that is missing."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


class Environment:
    """Collects what is missing or wrong while the settings are read, and refuses to start at the end.

    Every name may also be given as NAME_FILE, a file that holds the value (systemd and container secrets).
    """

    def __init__(self) -> None:
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """Return the value of `name`, or of the file that NAME_FILE points at, or `default`."""
        if path := os.environ.get(f"{name}_FILE"):
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError:
                self.faults.append(f"{name}_FILE：读不到文件 {path}，请检查路径和读取权限")
                return default
        return os.environ.get(name, "").strip() or default

    def required(self, name: str, meaning: str, *, shortest: int = 1) -> str:
        """Return the value of `name`, noting a fault with its `meaning` (Chinese) where it is missing.

        `shortest` is the least number of characters that a secret needs.
        """
        value = self.text(name)
        if not value:
            self.faults.append(f"{name}：没有设置。{meaning}")
        elif len(value) < shortest:
            self.faults.append(f"{name}：太短，至少 {shortest} 个字符。{meaning}")
        elif value.startswith("development-only"):
            self.faults.append(f"{name}：用的是开发环境的值，正式环境必须另设。{meaning}")
        return value

    def listed(self, name: str, meaning: str) -> list[str]:
        """Return the comma-separated values of `name`, at least one."""
        return [part.strip() for part in self.required(name, meaning).split(",") if part.strip()]

    def switch(self, name: str) -> bool:
        """Tell whether `name` is set to 1, true, yes or on."""
        return self.text(name).lower() in {"1", "true", "yes", "on"}

    def finish(self) -> None:
        """Raise ImproperlyConfigured that names every fault at once; no value is repeated."""
        if self.faults:
            listed = "\n".join(f"  - {fault}" for fault in self.faults)
            raise ImproperlyConfigured(
                f"正式环境的设置不完整，没有启动。请设置下列环境变量（说明见 docs/deploy.md）：\n{listed}"
            )
