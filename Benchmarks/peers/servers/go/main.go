// The peer in Go: net/http. Environment: PORT, MODE (none or full), GOMAXPROCS.
//
//	/1k, /hello  1 KiB of JSON, encoded for each request
//	/echo        the request body back
//
// MODE=full observes each request; it needs the build tag "full" (full.go).
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
)

type payload struct {
	Message string `json:"message"`
	Pad     string `json:"pad"`
}

// observe wraps a handler with metrics, a span and a log line; set by full.go.
var observe func(http.Handler) http.Handler

func hello(w http.ResponseWriter, r *http.Request) {
	body, _ := json.Marshal(payload{"hello", pad})
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
}

var pad = strings.Repeat("x", 1024-28)

// echo collects the body first: net/http reads no further once an answer has begun.
func echo(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength < 0 {
		w.WriteHeader(http.StatusLengthRequired)
		return
	}
	body := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

func main() {
	var handler http.Handler = http.HandlerFunc(hello)
	if os.Getenv("MODE") == "full" {
		if observe == nil {
			log.Fatal("MODE=full: built without the tag \"full\"")
		}
		handler = observe(handler)
	}
	http.Handle("/1k", handler)
	http.Handle("/hello", handler)
	http.HandleFunc("/echo", echo)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
