# 32-bit ARM with hardware floating point, Debian's armhf. Files may be larger than 2 GiB.
set(architecture armhf)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(triplet arm-linux-gnueabihf)
set(emulator qemu-arm)
set(CMAKE_C_FLAGS_INIT "-D_FILE_OFFSET_BITS=64")
set(CMAKE_CXX_FLAGS_INIT "-D_FILE_OFFSET_BITS=64 -Wno-psabi")  # psabi: notes on what GCC changed in version 7
include(${CMAKE_CURRENT_LIST_DIR}/debian-cross.cmake)
