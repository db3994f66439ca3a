# cmake -DOUTPUT=out.cpp -DSQL=a.sql;b.sql -DDICTIONARIES=0001.zdict -P embed.cmake
# Writes the migrations and the compression dictionaries as arrays, in the order given.
set(code "// Generated from storage/migrations and storage/dictionaries.\n#include \"storage/embedded.h\"\n\nnamespace tillkeeper::storage {\nnamespace {\n")
function(embed files prefix)
  set(index 0)
  set(list "")
  foreach(file IN LISTS files)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND code "const unsigned char ${prefix}${index}[] = {${bytes}};\n")
    string(APPEND list "    {reinterpret_cast<const char*>(${prefix}${index}), sizeof ${prefix}${index}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND code "const std::string_view ${prefix}List[] = {\n${list}};\n")
  set(code "${code}" PARENT_SCOPE)
endfunction()
embed("${SQL}" kMigration)
embed("${DICTIONARIES}" kDictionary)
string(APPEND code "}  // namespace\n
std::span<const std::string_view> embedded_migrations() { return kMigrationList; }
std::span<const std::string_view> embedded_dictionaries() { return kDictionaryList; }
}  // namespace tillkeeper::storage\n")
file(WRITE ${OUTPUT} "${code}")
