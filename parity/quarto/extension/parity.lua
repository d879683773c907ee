-- Pairs of lines in Python and R, `::: {.parity}`, as tabs, verified when the document is rendered: they go to
-- `parity quarto --pairs` and come back with what either language answered. Where a pair does not agree, or cannot be
-- run, rendering stops. Without Quarto, as a filter of Pandoc alone, the tabs are headings.

local function is_pair(block)
  return block.classes:includes("parity")
end

-- What comes back has Quarto's markup for tabs; its own filters no longer look for that, but make a node of it.
local function tabset(div)
  if quarto == nil or quarto.Tabset == nil or not div.classes:includes("panel-tabset") then
    return nil
  end
  local tabs = pandoc.List()
  for _, block in ipairs(div.content) do
    if block.t == "Header" then
      tabs:insert({ title = block.content, content = pandoc.List() })
    else
      tabs[#tabs].content:insert(block)
    end
  end
  tabs = tabs:map(function(tab)
    return quarto.Tab({ title = tab.title, content = pandoc.Blocks(tab.content) })
  end)
  return (quarto.Tabset({ level = 3, tabs = tabs, attr = div.attr }))
end

function Pandoc(document)
  local pairs_found = pandoc.List()
  document:walk({
    Div = function(div)
      if is_pair(div) then
        pairs_found:insert(div)
      end
    end,
  })
  if #pairs_found == 0 then
    return nil
  end
  local meta = { lang = document.meta.lang, parity = document.meta.parity }
  local asked = pandoc.write(pandoc.Pandoc(pairs_found, pandoc.Meta(meta)), "json")
  local ran, said = pcall(pandoc.pipe, "parity", { "quarto", "--pairs" }, asked)
  if not ran then
    if type(said) == "table" and said.error_code ~= nil and said.error_code ~= 127 then
      error("parity: the pairs of this document do not hold; what is wrong stands above", 0)
    end
    error("parity cannot be run; expected it where this is rendered: pip install parity-r", 0)
  end
  local answers = pandoc.read(said, "json").blocks
  if #answers ~= #pairs_found then
    error("parity: " .. #answers .. " answers to " .. #pairs_found .. " pairs", 0)
  end
  local place = 0
  return document:walk({
    Div = function(div)
      if is_pair(div) then
        place = place + 1
        return answers[place]:walk({ Div = tabset })
      end
    end,
  })
end
