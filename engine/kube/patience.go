package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// What fails in the middle of a collection and may pass (a connection that is cut, a server
// that is busy or begins anew) is asked for again: a few times for each request, each time
// after a longer wait or the one that the server asks for, and no longer than this in a
// whole collection. What fails for good is asked once.
const (
	mostTries    = 5
	longestWait  = 30 * time.Second
	patienceOver = 2 * time.Minute
	// firstWait is this part of the time in which a request has to be answered.
	firstWait = 30
)

// patiently asks within the time of one request, and again where that may help. What is said
// of the last time is what came of it.
func (c *collection) patiently(ctx context.Context, what string, ask func(context.Context) error) error {
	for try := 1; ; try++ {
		within, cancel := context.WithTimeout(ctx, c.timeout)
		err := ask(within)
		cancel()
		if err == nil || ctx.Err() != nil || !passes(err) {
			return err
		}
		wait := c.timeout / firstWait << (try - 1)
		if seconds, asked := apierrors.SuggestsClientDelay(err); asked {
			wait = max(wait, time.Duration(seconds)*time.Second)
		}
		if try == mostTries || wait > longestWait || wait > c.patience {
			return err
		}
		c.patience -= wait
		if !c.waits(ctx, wait, func(left time.Duration) string {
			return fmt.Sprintf("%s, asked again in %s (%d of %d)", what, left.Round(time.Second), try+1, mostTries)
		}) {
			return err
		}
	}
}

// waits lets some time pass and tells, every second, how much is left; false where the
// collection was stopped.
func (c *collection) waits(ctx context.Context, left time.Duration, says func(time.Duration) string) bool {
	for left > 0 {
		c.progress(says(left))
		step := min(left, time.Second)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(step):
			left -= step
		}
	}
	return true
}

// passes reports whether a request may be answered if it is made again: the connection was
// cut, or the server says that it, or what stands before it, is not able to right now.
func passes(err error) bool {
	var status apierrors.APIStatus
	switch {
	case errors.Is(err, errRefused), errors.Is(err, errTooLarge), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &status):
		_, asked := apierrors.SuggestsClientDelay(err)
		code := status.Status().Code
		return asked && code >= http.StatusInternalServerError || slices.Contains([]int32{
			http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		}, code)
	case errors.Is(err, io.ErrUnexpectedEOF), utilnet.IsConnectionReset(err), utilnet.IsConnectionRefused(err), utilnet.IsProbableEOF(err), utilnet.IsHTTP2ConnectionLost(err):
		return true
	}
	text := err.Error() // the libraries have no types for these
	return slices.ContainsFunc([]string{"error when reading response body", "stream error: ", "GOAWAY"}, func(cut string) bool { return strings.Contains(text, cut) })
}
