"""What tests and benchmarks both stand on: servers to send to, engines for one run, processes to kill."""
