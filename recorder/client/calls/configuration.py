"""The configuration as a whole."""

from recorder.client.answers.configuration import (
    ConfigurationFile,
    ConfigurationPreview,
    ConfigurationStatus,
    Exported,
    Extent,
    SetupBackup,
    Taking,
)
from recorder.client.calls.carrier import Carrier

AS_IT_IS = {"Content-Type": "application/octet-stream"}


class ConfigurationCalls(Carrier):
    """Looks after it; `password` is the caller's own, which the command line does without."""

    def configuration(self) -> ConfigurationStatus:
        """What is on sticks."""
        return self._get(ConfigurationStatus, "/configuration")

    def export_configuration(self, file_password: str, password: str = "") -> bytes:
        """Give all that was set, sealed with a password."""
        wanted = {"file_password": file_password, "password": password}
        return self._call("POST", "/configuration/export", body=wanted, patient=True)

    def export_configuration_to_stick(self, port: str, file_password: str, password: str = "") -> Exported:
        """Write it to the USB stick in a port."""
        wanted = {"port": port, "file_password": file_password, "password": password}
        return self._send(Exported, "POST", "/configuration/export/stick", wanted, patient=True)

    def hold_configuration(self, data: bytes) -> ConfigurationFile:
        """Send a file to be looked at."""
        return self._send(ConfigurationFile, "PUT", "/configuration/file", headers=AS_IT_IS, content=data, patient=True)

    def hold_configuration_of_stick(self, found: str) -> ConfigurationFile:
        """Have a file of a stick looked at, by its id in `found`."""
        return self._send(ConfigurationFile, "POST", "/configuration/stick", {"id": found}, patient=True)

    def look_at_configuration(self, held: str, file_password: str, taking: Taking) -> ConfigurationPreview:
        """Say what would change."""
        wanted = {"id": held, "file_password": file_password, "taking": taking}
        return self._send(ConfigurationPreview, "POST", "/configuration/look", wanted, patient=True)

    def take_configuration(self, held: str, file_password: str, taking: Taking, password: str = "") -> None:
        """Have it take the place of what is here; control, or the machine, starts anew at once."""
        wanted = {"id": held, "file_password": file_password, "taking": taking, "password": password}
        self._send(None, "POST", "/configuration/take", wanted, patient=True)

    def reset(self, extent: Extent, password: str = "") -> None:
        """Take settings away; control, or the machine, starts anew at once."""
        self._send(None, "POST", "/configuration/reset", {"extent": extent, "password": password}, patient=True)

    def setup_backups(self, code: str = "") -> list[SetupBackup]:
        """The settings that disks of a recorder carry which is not set up; over the network with the set-up code."""
        return self._send(list[SetupBackup], "POST", "/setup/backups", {"code": code})

    def restore_backup(self, backup: str, user: str, password: str, code: str = "") -> None:
        """Bring them back, as an administrator of then; control, or the machine, starts anew at once."""
        wanted = {"id": backup, "user": user, "password": password, "code": code}
        self._send(None, "POST", "/setup/restore", wanted, patient=True)
