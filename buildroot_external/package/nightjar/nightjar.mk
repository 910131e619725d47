################################################################################
#
# nightjar
#
################################################################################

NIGHTJAR_VERSION = 0.1.0
NIGHTJAR_SITE = $(BR2_EXTERNAL_NIGHTJAR_PATH)/..
NIGHTJAR_SITE_METHOD = local
NIGHTJAR_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude=/build --exclude=/.venv --exclude=/tests --exclude=__pycache__
NIGHTJAR_SETUP_TYPE = setuptools
NIGHTJAR_LICENSE = Apache-2.0
NIGHTJAR_LICENSE_FILES = LICENSE NOTICE

$(eval $(python-package))
