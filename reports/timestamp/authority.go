// Package timestamp carries the query of RFC 3161 over HTTP to a time-stamp authority and
// brings its answer. It is the one place of the reports that speaks to the network, and does
// so only where a person has named an authority. What the answer is worth is not judged here:
// whoever asked checks it.
package timestamp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxReply = 64 << 10 // bytes; a token with a chain of four certificates has 8,000
	maxSaid  = 300      // bytes of why there is none
	patience = 30 * time.Second
)

// Authority is a time-stamp authority by its address.
type Authority struct {
	address *url.URL
	client  *http.Client
}

// New takes an authority's address, which must be http or https. Plain http is what most
// authorities offer, and enough: what they answer is signed.
func New(address string) (*Authority, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, errors.New("time-stamp authority: its address cannot be read")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, fmt.Errorf("time-stamp authority %q: its address must begin with http:// or https://", u.Redacted())
	}
	return &Authority{u, &http.Client{
		Timeout: patience,
		// The query goes where a person said, and nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Host is where the authority is, as it may be shown: without what else its address holds.
func (a *Authority) Host() string { return a.address.Hostname() }

// Ask sends a query and returns the answer.
func (a *Authority) Ask(ctx context.Context, query []byte) ([]byte, error) {
	answer, err := a.ask(ctx, query)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = fmt.Errorf("no whole answer within %s", patience)
	}
	if err != nil && len(err.Error()) > maxSaid { // it quotes what the authority sent
		err = errors.New(strings.ToValidUTF8(err.Error()[:maxSaid], "") + "…")
	}
	if err != nil {
		return nil, fmt.Errorf("ask time-stamp authority %s: %w", a.address.Redacted(), err)
	}
	return answer, nil
}

func (a *Authority) ask(ctx context.Context, query []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.address.String(), bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/timestamp-query")
	request.Header.Set("Accept", "application/timestamp-reply")
	request.Header.Set("User-Agent", "tickmark")
	response, err := a.client.Do(request)
	if err != nil {
		var wrapped *url.Error // which names the address once more
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	defer response.Body.Close()
	if to := response.Header.Get("Location"); to != "" && response.StatusCode/100 == 3 {
		return nil, fmt.Errorf("it points to another address, %q, which is not followed", to)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers with status %d", response.StatusCode)
	}
	if kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil || kind != "application/timestamp-reply" {
		return nil, fmt.Errorf("it answers with %q, which is no time stamp", response.Header.Get("Content-Type"))
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxReply+1))
	if err == nil && len(answer) > maxReply {
		err = fmt.Errorf("it answers with more than %d bytes", maxReply)
	}
	return answer, err
}
