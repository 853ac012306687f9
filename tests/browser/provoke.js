// Waits until every frame of the page is drawn and goes through it; gives [address, [what should not be there, …]] of each.
async () => {
  const LONGEST_WAIT = 20_000
  const ELEMENTS = /^(script|style|iframe|frame|frameset|object|embed|applet|form|input|button|select|textarea|option|base|meta|link|svg|math|template|portal|dialog|video|audio|source|track|picture|map|area|marquee|noscript|slot)$/
  const ATTRIBUTES = /^(on.*|id|name|class|src(set|doc)|background|action|form.*|ping|usemap|poster|data.*|xlink:href|http-equiv|autofocus|tabindex|contenteditable|is|slot|popover.*|longdesc|lowsrc|dynsrc|download|accesskey|manifest|profile)$/

  const judge = (root) => {
    const view = root.ownerDocument.defaultView
    const seen = []
    for (const element of root.querySelectorAll('*')) {
      const name = element.localName
      const drawn = view.getComputedStyle(element)
      if (ELEMENTS.test(name) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml') seen.push(`element ${name}`)
      for (const { name: attribute } of element.attributes) if (ATTRIBUTES.test(attribute)) seen.push(`attribute ${attribute}`)
      if (drawn.position !== 'static') seen.push(`position ${drawn.position}`)
      if ([drawn.marginTop, drawn.marginLeft, drawn.marginRight, drawn.marginBottom].some(each => each.startsWith('-')))
        seen.push('negative margin')
      if (drawn.backgroundImage !== 'none' || drawn.transform !== 'none' || drawn.listStyleImage !== 'none') seen.push('image or transform by style')
      if (name === 'a' && element.hasAttribute('href') && !isHarmless(element)) seen.push(`link ${element.getAttribute('href')}`)
    }
    return seen
  }

  const isHarmless = (link) =>
    ['http:', 'https:', 'mailto:'].includes(link.protocol) && link.target === '_blank' && link.username === ''
    && link.relList.contains('noopener') && link.ping === ''

  // What serialising and parsing again turns into markup (mutation XSS) turns into it here.
  const copy = (root) => {
    let source = root.innerHTML
    for (let round = 0; round < 2; round++) {
      const again = root.ownerDocument.createElement('div')
      again.innerHTML = source
      root.ownerDocument.body.append(again)
      source = again.innerHTML
    }
  }

  const touch = (element) => {
    const { MouseEvent } = element.ownerDocument.defaultView
    for (const kind of ['mouseover', 'mouseenter', 'pointerenter', 'mousedown'])
      element.dispatchEvent(new MouseEvent(kind, { bubbles: true }))
    element.focus?.()
    const isOutside = ['http:', 'https:', 'mailto:'].includes(element.protocol) && element.target === '_blank'
    if (!isOutside && !element.closest('body > .notice')) element.click?.()
    if (element.localName === 'details') element.open = !element.open
  }

  const covered = (page) => {
    const ours = page.querySelector('body > .notice a')
    if (!ours) return []
    const { x, y, width, height } = ours.getBoundingClientRect()
    return page.elementFromPoint(x + width / 2, y + height / 2) === ours ? [] : ['covers our own link']
  }

  const provoke = (page) => {
    const root = page.querySelector('#letter, .letter') ?? page.body
    const seen = [...covered(page), ...judge(root)]
    copy(root)
    page.querySelectorAll('body *').forEach(touch)
    return seen
  }

  const isDrawn = (frame) => {
    try {
      return frame.contentDocument.readyState === 'complete' && frame.contentDocument.URL !== 'about:blank'
    } catch {
      return true // it went to another site
    }
  }

  const frames = [...document.querySelectorAll('iframe')]
  for (const start = Date.now(); !frames.every(isDrawn) && Date.now() - start < LONGEST_WAIT;)
    await new Promise(go => setTimeout(go, 30))
  return frames.map(frame => {
    try { return [frame.src, provoke(frame.contentDocument)] } catch (error) { return [frame.src, [`cannot be looked at: ${error}`]] }
  })
}
