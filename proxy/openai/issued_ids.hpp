#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ferry::openai {

// The longest id that is kept, and the most of one answer.
inline constexpr std::size_t issued_id_max = 128, issued_ids_max = 4;

// What may be an id: letters, digits and `-_.:~`.
bool is_issued_id(std::string_view text);
// The characters such ids have, and no more than `most` of them.
bool is_id_text(std::string_view text, std::size_t most);

// The ids in an answer that the account alone knows which gave it: of what it made (`id`), of the files a job wrote
// (`output_file_id`, `error_file_id`, `result_files`), of what an upload became (`file`), of a response that a stream
// is about (`response`). `answer` is valid JSON. Others than plain ids are passed over.
std::vector<std::string> find_issued_ids(std::string_view answer);

// Whether the answer is about something that was done in the background (`background`, as Responses say it), or by a
// job
// (`object` is a batch).
bool is_done_later(std::string_view answer);

// The ids in the values of a request: one in a string, or several in a list of strings.
std::vector<std::string> ids_in(std::string_view json_value);

}  // namespace ferry::openai
