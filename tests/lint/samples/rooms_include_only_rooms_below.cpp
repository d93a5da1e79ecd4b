// as: proxy/relay/books/settle.cpp
#include "relay/answer/stream.hpp"
