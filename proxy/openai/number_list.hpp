// Long lists of numbers, such as vectors: megabytes of an answer in which nobody wants anything.
#pragma once

namespace ferry::openai {

// One past the last comma of a list of JSON numbers that begins at `p`: so far each has its comma, and a blank before
// it at most. It may stop early, at a number with an exponent for one, and is `p` where it knows nothing: whoever reads
// on byte by byte finds what is wrong there, if anything is.
const char* number_list(const char* p, const char* end);

// The same, as machines without AVX2 do it. For tests.
const char* number_list_by_16(const char* p, const char* end);

}  // namespace ferry::openai
