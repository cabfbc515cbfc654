-- wrk -s post.lua URL -- FILE PATH HEADER ... : post the lines of a file in turn; a header is written "Name: value".
local requests, sent = {}, 0

function init(arguments)
  local headers = {}
  for i = 3, #arguments do
    local name, value = arguments[i]:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  for line in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", arguments[2], headers, line)
  end
end

function request()
  sent = sent % #requests + 1
  return requests[sent]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.3f,"p99":%.3f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
