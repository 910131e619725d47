"""What the API answers: one definition for control, the screen, the command line and the OpenAPI.

Times are UTC in microseconds. Secrets are never in an answer. A module holds an area; all are named here. What
media and reader answer, too, stands in `recorder.client` itself: they do without the rest.
"""

from recorder.client.answers.accounts import ApiKey, Block, DirectoryState, Granted, OnlineUser, Session, SetupState
from recorder.client.answers.audit import AuditCheck, AuditEntry
from recorder.client.answers.channels import Channel
from recorder.client.answers.credentials import (
    Credentials,
    Question,
    RecoveryCodes,
    RecoveryStickMade,
    RecoveryStickState,
    Reset,
    ResetKeyState,
    ScreenLock,
    SecondFactor,
)
from recorder.client.answers.disks import (
    ArrayMember,
    ArrayPlan,
    ArrayStatus,
    BayJob,
    BayStatus,
    BayTask,
    DiskPlace,
    FreeDisk,
    RecoveryKey,
    StickStatus,
    Storage,
    StorageRow,
)
from recorder.client.answers.domes import Dome, PresetName, PtzLine
from recorder.client.answers.footage import Gap, MotionFound, Moved, Picture, Span
from recorder.client.answers.hardware import Device, Fact, Hardware, HardwareGroup, HardwareLine, Trouble
from recorder.client.answers.health import Health, HealthLine, MailTest
from recorder.client.answers.jobs import ActionJob, ExportJob, JobState
from recorder.client.answers.network import NetworkTarget, NetworkTest, NetworkTests, Verdict
from recorder.client.answers.pages import MASK, ActionInfo, Document, PageInfo, PageItem
from recorder.client.answers.poe import PoePort, PoeSupply, SeatStatus
from recorder.client.answers.security import Security, SecurityCard
from recorder.client.answers.status import Event, ProcessInfo, Status
from recorder.client.answers.terminals import AlarmInput, Output, TileButton
from recorder.client.answers.update import CheckedBundle, FoundBundle, UpdateNote, UpdateStatus
from recorder.client.answers.voices import VoiceTaken
from recorder.client.completeness import Day, Hour, Wholeness
from recorder.client.holds import Hold, HoldKind, Tag

__all__ = [
    "MASK",
    "ActionInfo",
    "ActionJob",
    "AlarmInput",
    "ApiKey",
    "ArrayMember",
    "ArrayPlan",
    "ArrayStatus",
    "AuditCheck",
    "AuditEntry",
    "BayJob",
    "BayStatus",
    "BayTask",
    "Block",
    "Channel",
    "CheckedBundle",
    "Credentials",
    "Day",
    "Device",
    "DirectoryState",
    "DiskPlace",
    "Document",
    "Dome",
    "Event",
    "ExportJob",
    "Fact",
    "FoundBundle",
    "FreeDisk",
    "Gap",
    "Granted",
    "Hardware",
    "HardwareGroup",
    "HardwareLine",
    "Health",
    "HealthLine",
    "Hold",
    "HoldKind",
    "Hour",
    "JobState",
    "MailTest",
    "MotionFound",
    "Moved",
    "NetworkTarget",
    "NetworkTest",
    "NetworkTests",
    "OnlineUser",
    "Output",
    "PageInfo",
    "PageItem",
    "Picture",
    "PoePort",
    "PoeSupply",
    "PresetName",
    "ProcessInfo",
    "PtzLine",
    "Question",
    "RecoveryCodes",
    "RecoveryKey",
    "RecoveryStickMade",
    "RecoveryStickState",
    "Reset",
    "ResetKeyState",
    "ScreenLock",
    "SeatStatus",
    "SecondFactor",
    "Security",
    "SecurityCard",
    "Session",
    "SetupState",
    "Span",
    "Status",
    "StickStatus",
    "Storage",
    "StorageRow",
    "Tag",
    "TileButton",
    "Trouble",
    "UpdateNote",
    "UpdateStatus",
    "Verdict",
    "VoiceTaken",
    "Wholeness",
]
