package vault

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Sizes of SQLite's write-ahead log, in bytes: https://sqlite.org/fileformat2.html,
// "The WAL File Format".
const (
	logHeader   = 32
	frameHeader = 24
	frameSize   = frameHeader + pageSize
)

// chain follows the checksums that SQLite runs through its whole log. A member that
// is authentic and does not continue the chain stood elsewhere, or one before it is
// missing.
type chain struct {
	started   bool
	bigEndian bool
	salt      [8]byte
	a, b      uint32
}

var errOutOfChain = errors.New("it does not continue what stands before it: something was taken out, or it belongs elsewhere")

// sum has a loop for each order: called through the interface, all of a log costs
// twice as long.
func (c *chain) sum(data []byte) {
	a, b := c.a, c.b
	if c.bigEndian {
		for ; len(data) >= 8; data = data[8:] {
			a += binary.BigEndian.Uint32(data) + b
			b += binary.BigEndian.Uint32(data[4:]) + a
		}
	}
	for ; len(data) >= 8; data = data[8:] {
		a += binary.LittleEndian.Uint32(data) + b
		b += binary.LittleEndian.Uint32(data[4:]) + a
	}
	c.a, c.b = a, b
}

// follow reads one member, which holds whole frames and ends a transaction.
func (c *chain) follow(r io.Reader) error {
	in := bufio.NewReaderSize(r, sealedChunk)
	frame := make([]byte, frameSize)
	if !c.started {
		if _, err := io.ReadFull(in, frame[:logHeader]); err != nil {
			return cutShort(err)
		}
		if err := c.start(frame[:logHeader]); err != nil {
			return err
		}
	}
	ends := false
	for {
		_, err := io.ReadFull(in, frame)
		switch {
		case errors.Is(err, io.EOF) && ends:
			return nil
		case err != nil:
			return cutShort(err)
		}
		c.sum(frame[:8])
		c.sum(frame[frameHeader:])
		if !bytes.Equal(frame[8:16], c.salt[:]) || binary.BigEndian.Uint32(frame[16:]) != c.a || binary.BigEndian.Uint32(frame[20:]) != c.b {
			return errOutOfChain
		}
		ends = binary.BigEndian.Uint32(frame[4:]) != 0
	}
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errOutOfChain
	}
	return err
}

func (c *chain) start(header []byte) error {
	switch binary.BigEndian.Uint32(header) {
	case 0x377f0682:
		c.bigEndian = false
	case 0x377f0683:
		c.bigEndian = true
	default:
		return errOutOfChain
	}
	c.sum(header[:24])
	if binary.BigEndian.Uint32(header[8:]) != pageSize || binary.BigEndian.Uint32(header[24:]) != c.a || binary.BigEndian.Uint32(header[28:]) != c.b {
		return errOutOfChain
	}
	c.started = true
	copy(c.salt[:], header[16:24])
	return nil
}
