// The two ways in which a part of a form may say one file name.
#pragma once

#include "openai/mime_parameters.hpp"

namespace ferry::openai {

// Whether `filename` and `filename*` say the same, so that it does not matter which a reader takes. RFC 7578 (section
// 4.2) wants no `filename*`, but .NET's MultipartFormDataContent, and with it OpenAI's .NET SDK, writes both into every
// file part: filename=a.png; filename*=utf-8''a.png, and for a name that is not ASCII filename="=?utf-8?B?...?=".
// Takes a name with a backslash for another one: what it says depends on the reader.
bool is_same_file_name(const mime_parameter& plain, const mime_parameter& extended);

}  // namespace ferry::openai
