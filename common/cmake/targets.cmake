# add_common_library(NAME DEPENDS ...): the static library of the folder common/NAME.
# A new source file in the folder needs no line here.
function(add_common_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/common/${name}/*.cpp)
  if(NOT sources)
    add_library(${name} INTERFACE)
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE standard_settings standard_warnings)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/common)
endfunction()

# add_step(NAME LINKS ...): the executable bin/NAME from the folder steps/NAME, and the library
# NAME_step (the same without main.cpp) for the tests.
function(add_step name)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/steps/${name}/main.cpp)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/steps/${name}/*.cpp)
  list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/steps/${name}/main.cpp)
  add_library(${name}_step STATIC ${sources})
  target_link_libraries(${name}_step PUBLIC ${arg_LINKS} PRIVATE standard_settings standard_warnings)
  add_executable(${name} ${CMAKE_SOURCE_DIR}/steps/${name}/main.cpp)
  target_link_libraries(${name} PRIVATE ${name}_step standard_settings standard_warnings)
  set_property(GLOBAL APPEND PROPERTY mlsteps_steps ${name})
endfunction()
