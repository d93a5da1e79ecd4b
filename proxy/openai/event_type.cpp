#include "openai/event_type.hpp"

#include <algorithm>
#include <array>

namespace ferry::openai {

event_type event_type_of(std::string_view name) {
    struct known {
        std::string_view name;
        event_type what;
    };
    // https://platform.openai.com/docs/api-reference: streaming events of responses, images, transcriptions, speech.
    static constexpr auto table = std::to_array<known>({
        {"response.created", event_type::begun},
        {"response.queued", event_type::begun},
        {"response.in_progress", event_type::begun},
        {"response.output_item.added", event_type::begun},
        {"response.content_part.added", event_type::begun},
        {"response.reasoning_summary_part.added", event_type::begun},
        {"response.completed", event_type::last},
        {"response.incomplete", event_type::last},
        {"response.cancelled", event_type::last},
        {"response.failed", event_type::failed},
        {"image_generation.completed", event_type::last},
        {"image_edit.completed", event_type::last},
        {"transcript.text.done", event_type::last},
        {"speech.audio.done", event_type::last},
        {"error", event_type::error},
    });
    const auto found = std::find_if(table.begin(), table.end(), [name](const known& one) { return one.name == name; });
    return found == table.end() ? event_type::content : found->what;
}

}  // namespace ferry::openai
