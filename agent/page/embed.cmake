# cmake -DOUTPUT=out.cpp -DFILES=page.css;page.js;languages/en.json -P embed.cmake
# Writes the files as arrays, each under its name without folder.
set(code "// Generated from agent/page.\n#include \"agent/page/embedded.h\"\n\nnamespace tillkeeper::agent {\nnamespace {\n")
set(index 0)
set(list "")
foreach(file IN LISTS FILES)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  get_filename_component(name ${file} NAME)
  string(APPEND code "const unsigned char kFile${index}[] = {${bytes}};\n")
  string(APPEND list "    if (name == \"${name}\") return {reinterpret_cast<const char*>(kFile${index}), sizeof kFile${index}};\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND code "}  // namespace\n
std::string_view embedded_file(std::string_view name) {\n${list}    return {};\n}\n}  // namespace tillkeeper::agent\n")
file(WRITE ${OUTPUT} "${code}")
