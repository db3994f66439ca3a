# How every target of ours is compiled. Warnings are errors; sanitizers are chosen by the preset.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

set(TILLKEEPER_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=: address,undefined or thread")

add_library(tillkeeper_options INTERFACE)
target_include_directories(tillkeeper_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(tillkeeper_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual> -Wimplicit-fallthrough)
if(TILLKEEPER_SANITIZE)
  target_compile_options(tillkeeper_options INTERFACE
    -fsanitize=${TILLKEEPER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tillkeeper_options INTERFACE -fsanitize=${TILLKEEPER_SANITIZE})
endif()

# Tests, and in the sanitized trees all the rest, read the large headers once instead of in each file. The release tree
# does not for what is shipped: there a missing include shows.
option(TILLKEEPER_PRECOMPILE "Precompile the headers that most files read, for what is shipped as well" OFF)
set(standard_headers <algorithm> <atomic> <chrono> <compare> <cstdint> <expected> <fstream>
    <functional> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread>
    <unordered_map> <utility> <variant> <vector>)
set(test_headers <gmock/gmock.h> <gtest/gtest.h>)
file(WRITE ${PROJECT_BINARY_DIR}/empty.cpp "")
if(TILLKEEPER_PRECOMPILE)
  target_compile_options(tillkeeper_options INTERFACE -fPIC)  # as the till library is built: the headers must agree
  add_library(tillkeeper_headers_plain OBJECT ${PROJECT_BINARY_DIR}/empty.cpp)
  target_link_libraries(tillkeeper_headers_plain PRIVATE tillkeeper_options)
  target_precompile_headers(tillkeeper_headers_plain PRIVATE ${standard_headers})
endif()
# What is tested is optimized as it is shipped; the tests themselves are not, for they take longer to compile than to run.
add_library(tillkeeper_test_options INTERFACE)
target_compile_options(tillkeeper_test_options INTERFACE $<$<CONFIG:RelWithDebInfo>:-O0 -g1>)
# Dice have 64 bits; a test that throws them for a place in a list means no more than the list has.
add_library(tillkeeper_test_warnings INTERFACE)
target_link_libraries(tillkeeper_test_options INTERFACE tillkeeper_test_warnings)
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  target_compile_options(tillkeeper_test_warnings INTERFACE -Wno-conversion -Wno-narrowing)
endif()
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
  add_library(tillkeeper_headers_tests OBJECT ${PROJECT_BINARY_DIR}/empty.cpp)
  target_link_libraries(tillkeeper_headers_tests PRIVATE tillkeeper_options tillkeeper_test_options GTest::gmock)
  target_precompile_headers(tillkeeper_headers_tests PRIVATE ${standard_headers} ${test_headers})
endif()
# Not for programs that hold files in C as well.
function(tillkeeper_precompiled name kind)
  get_target_property(sources ${name} SOURCES)
  if(NOT sources MATCHES "[.]c(;|$)")
    target_precompile_headers(${name} REUSE_FROM tillkeeper_headers_${kind})
  endif()
endfunction()

# One library per room: tillkeeper_library(NAME SOURCES ... LINK ...); TILLKEEPER_LIBRARIES_LINK is what all below a folder
# link besides.
function(tillkeeper_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC tillkeeper_options ${ARG_LINK} ${TILLKEEPER_LIBRARIES_LINK})
  if(TILLKEEPER_PRECOMPILE)
    tillkeeper_precompiled(${name} plain)
  endif()
endfunction()

# Lets ctest of this tree run the unit tests of other, sanitized trees (build/debug, build/thread) in place of its own, so
# that one run tells all. ./check builds those trees first.
set(TILLKEEPER_SANITIZED_TREES "" CACHE STRING "Names of sibling build folders whose unit tests ctest runs instead")

# One test program per folder: tillkeeper_test(NAME [ONE_THREAD] SOURCES ... LINK ... [LABELS ...] [THROUGH ...]); the
# label is "unit" unless told; THROUGH is a command in front of it. Unit tests are built by the target unit_tests, and run
# in the sanitized trees as well; those of ONE_THREAD, whose clocks, loops and disks are fakes, not in the tree of the thread
# sanitizer, to which they have nothing to say.
add_custom_target(unit_tests)
function(tillkeeper_test name)
  cmake_parse_arguments(ARG "ONE_THREAD" "" "SOURCES;LINK;LABELS;THROUGH" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tillkeeper_options tillkeeper_test_options ${ARG_LINK} GTest::gmock
                        GTest::gtest_main)
  tillkeeper_precompiled(${name} tests)
  if("unit" IN_LIST ARG_LABELS AND TILLKEEPER_SANITIZED_TREES)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  else()
    # Of another architecture, CMake puts the emulator in front.
    add_test(NAME ${name} COMMAND ${ARG_THROUGH} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:${name}>)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 1500)
  endif()
  if("unit" IN_LIST ARG_LABELS)
    file(RELATIVE_PATH path ${PROJECT_BINARY_DIR} ${CMAKE_CURRENT_BINARY_DIR}/${name})
    set_property(GLOBAL APPEND PROPERTY tillkeeper_unit_tests ${path})
    if(ARG_ONE_THREAD)
      set_property(GLOBAL APPEND PROPERTY tillkeeper_one_thread_tests ${path})
    endif()
    if(NOT ARG_ONE_THREAD OR NOT TILLKEEPER_SANITIZE STREQUAL "thread")
      add_dependencies(unit_tests ${name})
    endif()
  endif()
endfunction()

function(tillkeeper_sanitized_tests)
  get_property(paths GLOBAL PROPERTY tillkeeper_unit_tests)
  get_property(one_thread GLOBAL PROPERTY tillkeeper_one_thread_tests)
  foreach(tree IN LISTS TILLKEEPER_SANITIZED_TREES)
    cmake_path(GET PROJECT_BINARY_DIR PARENT_PATH build)
    foreach(path IN LISTS paths)
      if(tree STREQUAL "thread" AND path IN_LIST one_thread)
        continue()
      endif()
      cmake_path(GET path FILENAME name)
      cmake_path(GET path PARENT_PATH folder)
      add_test(NAME ${tree}.${name} COMMAND ${build}/${tree}/${path}
               WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/${folder})
      set_tests_properties(${tree}.${name} PROPERTIES LABELS "${tree}" TIMEOUT 1500)
    endforeach()
  endforeach()
endfunction()
