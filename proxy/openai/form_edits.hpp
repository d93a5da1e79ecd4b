// The changes of one form on its way upstream.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/piece_list.hpp"
#include "openai/form_request.hpp"
#include "openai/span_edit.hpp"

namespace ferry::openai {

// One part, from its delimiter to the next one, to stand at form_request::front.
// REQUIRES: `name` is a name form_scanner accepts; `value` holds no line end and does not begin with the delimiter.
std::string form_part(std::string_view boundary, std::string_view name, std::string_view value);

// As spans: the body itself is never copied and never changed. What edit_list (splice.hpp) is to JSON.
// Owned by: the attempt. Lives on: any thread.
// REQUIRES: edits do not overlap, and every span belongs to the body given to gather(). At least one part is left.
class form_edits {
public:
    // `value` becomes the content of the part. REQUIRES: of `value` what form_part() does.
    void replace_value(const part_span& part, std::string value);

    void remove(const part_span& part);

    // `part`, which form_part() made, becomes the first one, behind those inserted before.
    void insert(std::string part);

    bool empty() const { return edits_.empty(); }

    // The edited body as pieces of `body` and of this list, in order, none empty. The views live as long as both do.
    piece_list gather(std::string_view body) const;

private:
    struct edit {
        span where;
        std::string text;
    };
    std::vector<edit> edits_;
};

}  // namespace ferry::openai
