"""What the screens of supervision share: supervisors alone find them."""

from portal.people.models import User
from workflows.desk import gates
from workflows.desk.views.base import DeskMixin


class SupervisionMixin(DeskMixin):
    """Open to supervisors; for everybody else the screen is not there (404)."""

    def roles(self) -> frozenset[str]:
        """Return those who supervise."""
        return gates.SUPERVISORS

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user
