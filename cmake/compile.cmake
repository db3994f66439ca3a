# How every target of ours is compiled. Warnings are errors; sanitizers are chosen by the preset.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(TILLKEEPER_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=: address,undefined or thread")

add_library(tillkeeper_options INTERFACE)
target_include_directories(tillkeeper_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(tillkeeper_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
if(TILLKEEPER_SANITIZE)
  target_compile_options(tillkeeper_options INTERFACE
    -fsanitize=${TILLKEEPER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tillkeeper_options INTERFACE -fsanitize=${TILLKEEPER_SANITIZE})
endif()

# One library per room: tillkeeper_library(NAME SOURCES ... LINK ...)
function(tillkeeper_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC tillkeeper_options ${ARG_LINK})
endfunction()

# One test program per folder: tillkeeper_test(NAME SOURCES ... LINK ... [LABELS ...])
function(tillkeeper_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tillkeeper_options ${ARG_LINK} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 300)
endfunction()
