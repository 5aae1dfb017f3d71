package screen

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// Collections report from several goroutines and never wait for the desk; the desk
// gets the newest state of each source, and the last one before the end.
func TestFeedHandsOnTheNewestState(t *testing.T) {
	f := newFeed(time.Now)
	var sources sync.WaitGroup
	for _, source := range []string{"eks", "gke"} {
		sources.Go(func() {
			for i := range 1000 {
				f.post(engine.Progress{Source: source, Seen: i + 1})
			}
		})
	}
	go func() {
		sources.Wait()
		f.close()
		f.post(engine.Progress{Source: "late"}) // after the end: neither a panic nor a wait
	}()
	var last progressed
	for msg := f.wait(nil)(); msg != nil; msg = f.wait(nil)() {
		var is bool
		last, is = msg.(progressed)
		require.True(t, is)
	}
	assert.Equal(t, 1000, last.all["eks"].Seen)
	assert.Equal(t, 1000, last.all["gke"].Seen)
}
