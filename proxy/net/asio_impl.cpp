// The one place where Asio and Beast themselves are compiled (separate compilation).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
