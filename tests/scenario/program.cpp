#include "scenario/program.hpp"

#include <boost/process.hpp>

#include <chrono>
#include <future>
#include <stdexcept>

namespace acr::test {
namespace bp = boost::process;

ProgramResult run_program(std::filesystem::path const& program, std::map<std::string, std::string> const& variables,
                          std::vector<std::string> const& arguments, std::filesystem::path const& directory) {
  bp::environment environment;
  for (auto const& [name, value] : variables) environment[name] = value;
  boost::asio::io_context io;
  std::future<std::string> out, err;
  bp::child child(bp::exe = program.string(), bp::args = arguments, environment, bp::start_dir = directory.string(),
                  bp::std_in < bp::null, bp::std_out > out, bp::std_err > err, io);
  io.run_for(std::chrono::minutes(2));  // returns when both pipes are closed
  if (!io.stopped()) {
    child.terminate();
    throw std::runtime_error("the program did not end within two minutes");
  }
  child.wait();
  return {child.exit_code(), out.get(), err.get()};
}

}  // namespace acr::test
