#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ferry::bench {

// The next bytes of an answer's body.
struct piece {
    std::string bytes;
    std::chrono::microseconds wait{0};    // after the piece before it
    bool is_event = false;                // one whole stream event
    bool is_token = false;                // what a model takes a step for
    std::int64_t completion_tokens = -1;  // what its usage object says, -1 if it carries none

    void clear() {
        bytes.clear();
        wait = std::chrono::microseconds(0);
        is_event = false;
        is_token = false;
        completion_tokens = -1;
    }
};

// Makes an answer's body piece by piece. Owned by: its delivery.
class body_source {
public:
    virtual ~body_source() = default;
    virtual bool next(piece& to) = 0;  // false: no more; `to` comes cleared
    virtual std::unique_ptr<body_source> copy() const = 0;

    virtual std::uint64_t size() const;  // of all that is still to come
};

// A body known beforehand.
class fixed_body final : public body_source {
public:
    explicit fixed_body(std::string bytes, std::int64_t completion_tokens = -1);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override { return std::make_unique<fixed_body>(*this); }
    std::uint64_t size() const override { return bytes_.size(); }

private:
    std::string bytes_;
    std::int64_t completion_tokens_;
    bool is_given_ = false;
};

// Events written out by the script.
class event_list final : public body_source {
public:
    event_list(std::vector<std::string> events, std::chrono::microseconds interval);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override { return std::make_unique<event_list>(*this); }

private:
    std::vector<std::string> events_;
    std::chrono::microseconds interval_;
    std::size_t at_ = 0;
};

// What some providers send while a request waits for its turn: comments (blank lines in a whole answer), then `inner`.
class waiting_body final : public body_source {
public:
    struct plan {
        std::chrono::microseconds wait{0}, comment_interval{0};
        int blank_lines = 0;
        bool is_stream = false;
    };
    waiting_body(plan p, std::unique_ptr<body_source> inner);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override;

private:
    plan plan_;
    std::chrono::microseconds left_;
    bool waited_ = false;
    std::unique_ptr<body_source> inner_;
};

}  // namespace ferry::bench
