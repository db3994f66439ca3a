# tillkeeper_mutated(TARGET): builds TARGET_mutated from the sources of TARGET, with the mutants planted.
#
# Every library of ours that TARGET links is built once more, whole, with the folder of mutated headers first: no program
# ever mixes mutated and original objects. What no mutant touches compiles to the same, so that ccache knows it.
set(TILLKEEPER_MUTATED_DIR ${PROJECT_BINARY_DIR}/mutated)
set(mutants_dir ${CMAKE_CURRENT_LIST_DIR})
file(GLOB mutant_lists CONFIGURE_DEPENDS ${mutants_dir}/*.mutants)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${mutant_lists} ${mutants_dir}/mutant_list.py)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
execute_process(COMMAND ${Python3_EXECUTABLE} -B ${mutants_dir}/plant.py ${PROJECT_SOURCE_DIR} --files
                OUTPUT_VARIABLE mutated_files OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" TILLKEEPER_MUTATED_FILES "${mutated_files}")

set(originals ${TILLKEEPER_MUTATED_FILES})
list(TRANSFORM originals PREPEND ${PROJECT_SOURCE_DIR}/)
set(copies ${TILLKEEPER_MUTATED_FILES} mutants/names.inc)
list(TRANSFORM copies PREPEND ${TILLKEEPER_MUTATED_DIR}/)
add_custom_command(
  OUTPUT ${copies}
  COMMAND ${Python3_EXECUTABLE} -B ${mutants_dir}/plant.py ${PROJECT_SOURCE_DIR} ${TILLKEEPER_MUTATED_DIR}
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${mutants_dir}/mutant_on.h ${TILLKEEPER_MUTATED_DIR}/mutants/mutant_on.h
  DEPENDS ${originals} ${mutant_lists} ${mutants_dir}/plant.py ${mutants_dir}/mutant_list.py ${mutants_dir}/mutant_on.h
  COMMENT "Planting mutants"
  VERBATIM)
add_custom_target(plant_mutants DEPENDS ${copies})

add_library(tillkeeper_mutant_on STATIC ${mutants_dir}/mutant_on.cpp)
target_include_directories(tillkeeper_mutant_on BEFORE PUBLIC ${TILLKEEPER_MUTATED_DIR})
target_link_libraries(tillkeeper_mutant_on PUBLIC tillkeeper_options)
add_dependencies(tillkeeper_mutant_on plant_mutants)

# The same sources, but the mutated copies where there are some.
function(tillkeeper_mutated_sources out target)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(result "")
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${folder} NORMALIZE)
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${source})
    if(path IN_LIST TILLKEEPER_MUTATED_FILES)
      set(source ${TILLKEEPER_MUTATED_DIR}/${path})
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-w;-O1")
    endif()
    list(APPEND result ${source})
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

# The same libraries to link, but the mutated ones where they are ours.
function(tillkeeper_mutated_links out target)
  get_target_property(links ${target} LINK_LIBRARIES)
  set(result "")
  foreach(link IN LISTS links)
    set(type "")
    if(TARGET ${link})
      get_target_property(type ${link} TYPE)
      get_target_property(imported ${link} IMPORTED)
      get_target_property(aliased ${link} ALIASED_TARGET)
    endif()
    if(type STREQUAL "STATIC_LIBRARY" AND NOT imported AND NOT aliased)
      if(NOT TARGET ${link}_mutated)
        tillkeeper_mutated_twin(${link} STATIC)
      endif()
      set(link ${link}_mutated)
    endif()
    list(APPEND result ${link})
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

function(tillkeeper_mutated_twin target kind)
  tillkeeper_mutated_sources(sources ${target})
  tillkeeper_mutated_links(links ${target})
  if(kind STREQUAL "STATIC")
    add_library(${target}_mutated STATIC ${sources})
  else()
    add_executable(${target}_mutated ${sources})
  endif()
  target_include_directories(${target}_mutated BEFORE PRIVATE ${TILLKEEPER_MUTATED_DIR})
  get_target_property(folder ${target} SOURCE_DIR)
  foreach(property COMPILE_DEFINITIONS COMPILE_OPTIONS INTERFACE_COMPILE_DEFINITIONS INTERFACE_INCLUDE_DIRECTORIES LINK_OPTIONS)
    get_target_property(value ${target} ${property})
    if(value)
      set_property(TARGET ${target}_mutated APPEND PROPERTY ${property} ${value})
    endif()
  endforeach()
  target_link_libraries(${target}_mutated PUBLIC ${links} tillkeeper_mutant_on)
  # First the original: then ccache has seen what both share.
  add_dependencies(${target}_mutated ${target} plant_mutants)
endfunction()

function(tillkeeper_mutated target)
  if(NOT TARGET ${target}_mutated)
    tillkeeper_mutated_twin(${target} EXECUTABLE)
  endif()
endfunction()
