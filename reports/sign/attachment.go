package sign

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// maxAttachment bounds what an embedded file may unfold to, in bytes.
const maxAttachment = 64 << 20

// Attachment returns a file that is embedded in the first revision of a PDF, such
// as the evidence manifest of a report. What was appended later is not looked at:
// it is not what was signed. Errors: ErrNotPDF, ErrUnsupported, and plain ones
// where no such file is embedded or it cannot be unfolded.
func Attachment(pdf []byte, fileName string) ([]byte, error) {
	f, err := readFile(pdf)
	if err != nil {
		return nil, fmt.Errorf("read attachment %s: %w", fileName, err)
	}
	_, catalog, err := f.catalog(0)
	if err != nil {
		return nil, fmt.Errorf("read attachment %s: %w", fileName, err)
	}
	for _, ref := range f.resolve(catalog.get("AF"), 0).items {
		spec := f.resolve(ref, 0)
		if uf := spec.get("UF"); uf.kind != kindString || uf.text != fileName {
			continue
		}
		held := f.resolve(spec.get("EF"), 0).get("F")
		if held.kind != kindRef {
			break
		}
		return unfold(f.lookup(int(held.number), 0), fileName)
	}
	return nil, fmt.Errorf("read attachment %s: it is not embedded", fileName)
}

func unfold(held *indirect, fileName string) ([]byte, error) {
	if held == nil || !held.isStream || !held.value.get("Filter").isName("FlateDecode") {
		return nil, fmt.Errorf("read attachment %s: it is no compressed stream", fileName)
	}
	z, err := zlib.NewReader(bytes.NewReader(held.stream))
	if err != nil {
		return nil, fmt.Errorf("read attachment %s: %w", fileName, err)
	}
	text, err := io.ReadAll(io.LimitReader(z, maxAttachment+1))
	if err == nil && len(text) > maxAttachment {
		err = errors.New("it unfolds to more than 64 MiB")
	}
	if err != nil {
		return nil, fmt.Errorf("read attachment %s: %w", fileName, err)
	}
	return text, nil
}
