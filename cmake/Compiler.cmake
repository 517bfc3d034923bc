# Warnings, hardening and sanitizers, the same for every target.
set(CMAKE_COMPILE_WARNING_AS_ERROR ON CACHE BOOL "warnings are errors; off for compilers we have not met")
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # "text" + std::string(): GCC bugs 105651 and 105329, which precompiled headers bring out.
  add_compile_options($<$<NOT:$<CONFIG:Debug>>:-Wno-restrict>
    $<$<NOT:$<CONFIG:Debug>>:-Wno-stringop-overflow> $<$<NOT:$<CONFIG:Debug>>:-Wno-array-bounds>)
endif()

# Several sources of a room are compiled at once: what they include is read once (CMakePresets.json; the image compiles each alone).
# Their unnamed namespaces are one then, which is why helpers have names that no other file of the room has. g++ takes the file
# that includes them all for the source and them for headers, in which a type of an unnamed namespace would be a mistake.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()

# A compiler cache makes a second build tree cost seconds.
find_program(ACR_CCACHE ccache)
if(ACR_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${ACR_CCACHE}")
  # Without these, ccache takes no source that begins with precompiled headers; none uses __TIME__ or __DATE__.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${ACR_CCACHE}")
endif()

# Seconds of a Debug build (docs/decisions/0014): a linker that is faster where there is one, and a g++ that collects its garbage later.
foreach(linker mold lld gold)
  find_program(ACR_LD_${linker} ld.${linker})
  if(ACR_LD_${linker})
    add_link_options($<$<CONFIG:Debug>:-fuse-ld=${linker}>)
    break()
  endif()
endforeach()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options("$<$<CONFIG:Debug>:SHELL:--param ggc-min-heapsize=1000000>")
endif()

if(ACR_SANITIZE)
  add_compile_options(-fsanitize=${ACR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ACR_SANITIZE})
else()
  # C-5: position independent, bound at start, read-only relocations, no executable stack.
  add_compile_options($<$<NOT:$<CONFIG:Debug>>:-fstack-protector-strong> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=$<IF:$<BOOL:${ACR_STATIC}>,3,2>>)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

if(ACR_STATIC)
  # The image's program: without the functions that nothing calls. CMakeLists.txt links it as static-pie.
  add_compile_options(-ffunction-sections -fdata-sections -fstack-clash-protection -ftrivial-auto-var-init=zero)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-D_GLIBCXX_ASSERTIONS>)
  # Relocations by the run: 0.8 MB less to load, and to go through at each start.
  add_link_options(-Wl,--gc-sections,-z,pack-relative-relocs)
endif()
