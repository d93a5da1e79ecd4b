# Writes OUTPUT, a .cpp with the page in it: PAGE, in which {{file}} stands for that file beside it, and {{RUNS}} for
# what a report fills in. Run as a script:
#   cmake -DPAGE=page.html -DOUTPUT=page.cpp -P embed_page.cmake
get_filename_component(folder ${PAGE} DIRECTORY)
file(READ ${PAGE} page)
string(REGEX MATCHALL "{{[A-Za-z./]+}}" marks "${page}")
list(REMOVE_ITEM marks "{{RUNS}}")
foreach(mark IN LISTS marks)
  string(REGEX REPLACE "[{}]" "" name ${mark})
  file(READ ${folder}/${name} text)
  string(STRIP "${text}" text)
  string(REPLACE "${mark}" "${text}" page "${page}")
endforeach()
string(FIND "${page}" "{{RUNS}}" at)
string(SUBSTRING "${page}" 0 ${at} before)
math(EXPR at "${at} + 8")
string(SUBSTRING "${page}" ${at} -1 after)
file(WRITE ${OUTPUT} "// Generated from bench/page/; edit that.
#include \"page/page.hpp\"

namespace ferry::bench {

const std::string_view page_before_runs = R\"ferry_page(${before})ferry_page\";

const std::string_view page_after_runs = R\"ferry_page(${after})ferry_page\";

}  // namespace ferry::bench
")
