# Writes the language's own modules into one C++ file, so that they travel inside the binary. Run as a script:
# cmake -DOUTPUT=FILE -DFOLDER=stdlib/modules -P embed_modules.cmake
file(GLOB files ${FOLDER}/*.watch)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  # A compiler need not take literals over 64 kB; pieces that stand side by side become one.
  string(LENGTH "${text}" length)
  set(literal "")
  set(begin 0)
  while(begin LESS length)
    string(SUBSTRING "${text}" ${begin} 8000 piece)
    string(APPEND literal "R\"watchword(${piece})watchword\"\n")
    math(EXPR begin "${begin} + 8000")
  endwhile()
  if(literal STREQUAL "")
    set(literal "\"\"")
  endif()
  string(APPEND rows "    Module{\"${name}\", ${literal}},\n")
endforeach()
list(LENGTH files count)
file(WRITE ${OUTPUT} "// Generated from stdlib/modules/*.watch.
#include \"stdlib/modules.hpp\"

#include <array>

namespace watchword::stdlib {

namespace {
constexpr std::array<Module, ${count}> rows{{
${rows}}};
} // namespace

std::span<const Module> modules() { return rows; }

} // namespace watchword::stdlib
")
