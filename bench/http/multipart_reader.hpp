#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::bench {

// The boundary that a Content-Type of multipart/form-data names; nullopt if it is another type or names none.
std::optional<std::string> multipart_boundary(std::string_view content_type);

// Takes a multipart/form-data body (RFC 7578) apart as it arrives, in any pieces; holds a part's head, and of its
// content never more than a delimiter's length. Owned by: a form.
class multipart_reader {
public:
    class sink {
    public:
        virtual void begin_part(std::string_view disposition, std::string_view content_type) = 0;  // header values
        virtual void part_bytes(std::string_view bytes) = 0;
        virtual void end_part() = 0;

    protected:
        ~sink() = default;
    };

    explicit multipart_reader(std::string_view boundary) : delimiter_("\r\n--" + std::string(boundary)) {}
    void feed(std::string_view bytes, sink& to);
    bool is_whole() const { return state_ == state::over && problem_.empty(); }  // to the closing delimiter
    std::string_view problem() const { return problem_; }                        // "" if all is well so far

private:
    enum class state { preamble, delimited, head, content, over };

    bool step(sink& to);  // false: more bytes are needed
    bool read_content(sink& to);
    bool read_delimiter_end();
    bool read_head(sink& to);
    void stop(std::string_view why);

    const std::string delimiter_;
    state state_ = state::preamble;
    std::string held_ = "\r\n";  // so that the first delimiter is like the others
    std::size_t at_ = 0;
    std::string_view problem_;
};

// A parameter of a header value such as form-data; name="x"; nullopt if it has none of that name.
std::optional<std::string> header_parameter(std::string_view value, std::string_view name);

}  // namespace ferry::bench
