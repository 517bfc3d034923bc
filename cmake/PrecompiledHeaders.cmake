# acr_precompiled_headers(NAME OPTION HEADER…): reads HEADERs once; acr_use_precompiled_headers(TARGET NAME) has TARGET's sources
# begin with them. Reading them is half of what a source costs the compiler. None of our own headers is among them: when one
# changes, what includes it is compiled and no more. OPTION is -fPIC or -fPIE, as the targets are compiled.
# A source still names what it uses: the image and `-D ACR_PRECOMPILED_HEADERS=OFF` are built without, and so are clang's builds.
if(ACR_STATIC OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(ACR_PRECOMPILED_HEADERS_DEFAULT OFF)
else()
  set(ACR_PRECOMPILED_HEADERS_DEFAULT ON)
endif()
option(ACR_PRECOMPILED_HEADERS "read the standard library's headers once for many sources" ${ACR_PRECOMPILED_HEADERS_DEFAULT})

# What most sources read anyway.
set(acr_std_headers <algorithm> <boost/system/result.hpp> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <utility> <vector>)

function(acr_precompiled_headers name option)
  if(NOT ACR_PRECOMPILED_HEADERS)
    return()
  endif()
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/${name}.cpp" CONTENT "// CMake wants a source where headers are precompiled.\n")
  add_library(${name} OBJECT "${CMAKE_BINARY_DIR}/${name}.cpp")
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE ${option})
  target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

function(acr_use_precompiled_headers target name)
  if(ACR_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()
