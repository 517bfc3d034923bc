// The one copy of Asio's code (separate compilation, docs of Asio): src/net/boost_net.cpp
#define BOOST_ASIO_SEPARATE_COMPILATION
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
