# Two interface targets that every target of the project links privately.
add_library(standard_settings INTERFACE)
add_library(standard_warnings INTERFACE)

target_compile_definitions(standard_settings INTERFACE MLSTEPS_VERSION="${PROJECT_VERSION}")
target_include_directories(standard_settings INTERFACE ${CMAKE_SOURCE_DIR}/common ${CMAKE_SOURCE_DIR}/steps)
if(CMAKE_BUILD_TYPE STREQUAL "Debug" OR MLSTEPS_SANITIZE)
  target_compile_definitions(standard_settings INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(MLSTEPS_SANITIZE)
  target_compile_options(standard_settings INTERFACE -fsanitize=${MLSTEPS_SANITIZE} -fno-sanitize-recover=all
                                                     -fno-omit-frame-pointer)
  target_link_options(standard_settings INTERFACE -fsanitize=${MLSTEPS_SANITIZE})
endif()
if(MLSTEPS_FUZZ)
  # Coverage of everything that a target reaches.
  target_compile_options(standard_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()
# Unused functions of the static libraries do not reach the executables.
target_compile_options(standard_settings INTERFACE -ffunction-sections -fdata-sections)
target_link_options(standard_settings INTERFACE -Wl,--gc-sections)

target_compile_options(
  standard_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wnon-virtual-dtor
            -Wold-style-cast
            -Woverloaded-virtual
            -Wcast-align
            $<$<BOOL:${MLSTEPS_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Designated initialisers leave members to their defaults on purpose.
  target_compile_options(standard_warnings INTERFACE -Wno-missing-field-initializers)
else()
  target_compile_options(standard_warnings INTERFACE -Wno-missing-field-initializers
                                                     -Wno-missing-designated-field-initializers
                                                     -Wno-unknown-warning-option)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
