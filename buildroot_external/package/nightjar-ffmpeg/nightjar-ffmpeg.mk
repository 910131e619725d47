################################################################################
#
# nightjar-ffmpeg
#
################################################################################

NIGHTJAR_FFMPEG_VERSION = 8.1.2
NIGHTJAR_FFMPEG_SOURCE = ffmpeg-$(NIGHTJAR_FFMPEG_VERSION).tar.xz
NIGHTJAR_FFMPEG_SITE = https://ffmpeg.org/releases
NIGHTJAR_FFMPEG_INSTALL_STAGING = YES
NIGHTJAR_FFMPEG_LICENSE = LGPL-2.1+
NIGHTJAR_FFMPEG_LICENSE_FILES = COPYING.LGPLv2.1
NIGHTJAR_FFMPEG_CPE_ID_VENDOR = ffmpeg
NIGHTJAR_FFMPEG_CPE_ID_PRODUCT = ffmpeg
NIGHTJAR_FFMPEG_DEPENDENCIES = host-pkgconf

# Its libraries have the names of these. A dependency in Config.in would be one that goes in circles.
ifeq ($(BR2_PACKAGE_NIGHTJAR_FFMPEG)$(BR2_PACKAGE_FFMPEG),yy)
$(error nightjar-ffmpeg and ffmpeg cannot both be in an image)
endif

# Cameras send these (docs/design/rtsp.md); MP4 is what exports are, and PCM what sound becomes on its way.
NIGHTJAR_FFMPEG_DECODERS = h264,hevc,mjpeg,mpeg4,aac,pcm_alaw,pcm_mulaw,pcm_s16le,adpcm_g726,adpcm_g726le,opus,png
NIGHTJAR_FFMPEG_ENCODERS = aac,mjpeg,png,pcm_s16le,mpeg4

NIGHTJAR_FFMPEG_CONF_OPTS = \
	--prefix=/usr \
	--disable-everything \
	--disable-autodetect \
	--disable-doc \
	--disable-network \
	--disable-programs \
	--disable-static \
	--enable-shared \
	--enable-pic \
	--enable-avdevice \
	--enable-decoder=$(NIGHTJAR_FFMPEG_DECODERS) \
	--enable-encoder=$(NIGHTJAR_FFMPEG_ENCODERS) \
	--enable-parser=h264,hevc,mjpeg,mpeg4video,aac,opus \
	--enable-bsf=h264_mp4toannexb,hevc_mp4toannexb,extract_extradata,aac_adtstoasc \
	--enable-demuxer=mov,h264,hevc,wav,aac \
	--enable-muxer=mp4,wav,image2 \
	--enable-protocol=file,pipe \
	--enable-filter=aresample,scale,format,buffer,buffersink,abuffer,abuffersink,aformat

ifeq ($(BR2_PACKAGE_NIGHTJAR_FFMPEG_SIMULATED_CAMERAS),y)
NIGHTJAR_FFMPEG_LICENSE += and GPL-2.0+
NIGHTJAR_FFMPEG_LICENSE_FILES += COPYING.GPLv2
NIGHTJAR_FFMPEG_DEPENDENCIES += opus x264 x265
NIGHTJAR_FFMPEG_CONF_OPTS += \
	--enable-gpl \
	--enable-libopus \
	--enable-libx264 \
	--enable-libx265 \
	--enable-encoder=libopus,libx264,libx265,adpcm_g726le
endif

ifeq ($(BR2_x86_64),y)
NIGHTJAR_FFMPEG_DEPENDENCIES += host-nasm
NIGHTJAR_FFMPEG_CONF_OPTS += --enable-x86asm
endif

# Not autotools: its configure knows its own words only.
define NIGHTJAR_FFMPEG_CONFIGURE_CMDS
	(cd $(@D) && rm -rf config.cache && \
	$(TARGET_CONFIGURE_OPTS) \
	$(TARGET_CONFIGURE_ARGS) \
	./configure \
		--enable-cross-compile \
		--cross-prefix=$(TARGET_CROSS) \
		--sysroot=$(STAGING_DIR) \
		--host-cc="$(HOSTCC)" \
		--arch=$(BR2_ARCH) \
		--target-os="linux" \
		--pkg-config="$(PKG_CONFIG_HOST_BINARY)" \
		$(NIGHTJAR_FFMPEG_CONF_OPTS) \
	)
endef

define NIGHTJAR_FFMPEG_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D)
endef

define NIGHTJAR_FFMPEG_INSTALL_STAGING_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) DESTDIR=$(STAGING_DIR) install
endef

define NIGHTJAR_FFMPEG_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) DESTDIR=$(TARGET_DIR) install-libs
endef

$(eval $(generic-package))
