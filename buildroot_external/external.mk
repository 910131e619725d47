# Where `make image-sources` puts the source distributions that requirements.lock pins (buildroot_external/sources.py).
NIGHTJAR_SOURCES ?= $(BR2_EXTERNAL_NIGHTJAR_PATH)/../build/sources

# The screen is drawn into memory and shown by ourselves; SDL's own package leaves that driver out.
SDL2_CONF_OPTS += --enable-video-dummy

include $(sort $(wildcard $(BR2_EXTERNAL_NIGHTJAR_PATH)/package/*/*.mk))
