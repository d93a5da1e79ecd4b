#pragma once

#include <string>
#include <string_view>

namespace ferry::bench {

// Takes the data of each server-sent event.
class event_sink {
public:
    virtual void take_event(std::string_view data) = 0;

protected:
    ~event_sink() = default;
};

// Finds server-sent events in a stream that comes in any pieces. Lines end in
// LF or CR LF. Names, ids and comments are passed over, and events without data, as a browser does. Owned by: a
// connection.
class event_scanner {
public:
    void read(std::string_view bytes, event_sink& sink);
    // At the end of the stream: an event that lacks its blank line is given all the same.
    void finish(event_sink& sink);
    void clear();

private:
    void take_line(std::string_view line, event_sink& sink);

    std::string line_;  // as much of one as has come
    std::string data_;
    bool has_data_ = false;
};

}  // namespace ferry::bench
