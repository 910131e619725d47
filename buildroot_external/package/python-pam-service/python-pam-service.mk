################################################################################
#
# python-pam-service
#
################################################################################

# The version and the hash are those of requirements.lock.
PYTHON_PAM_SERVICE_VERSION = 2.1.0
PYTHON_PAM_SERVICE_SOURCE = python_pam-$(PYTHON_PAM_SERVICE_VERSION).tar.gz
PYTHON_PAM_SERVICE_SITE = file://$(NIGHTJAR_SOURCES)
PYTHON_PAM_SERVICE_SETUP_TYPE = poetry
PYTHON_PAM_SERVICE_LICENSE = MIT
PYTHON_PAM_SERVICE_LICENSE_FILES = LICENSE

$(eval $(python-package))
